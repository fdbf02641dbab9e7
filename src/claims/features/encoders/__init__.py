"""Features to model inputs: categories to codes of one shared embedding table, numbers to [−1, 1].

Every number enters twice: as its place among the training quantiles, so that no dollar column can eat an int8
range, and as the code of its bin, so that the network can bend at any place.
"""
