"""From a score to a decision: logits, prediction sets, policy, costs, regret."""
