"""A seeded world of professional claims, made to be learned from and to be checked against.

codes       the legal values, and what each specialty does for which diagnoses
payers      the payers, their rules, and the dates on which the rules change
draw        the three ways in which a value is drawn
people      members, providers and facilities
submission  claims and their lines as they were submitted
dirt        the small faults that a real extract carries
meaning     the tables read back for what they mean, faults and all
rules       what speaks for and against a claim, in logits
adjudicate  probability, decision, reason, delay and payment
audit       what an audit later finds
generate    the whole of it, streamed into a database
"""
