"""The time log: what somebody worked on, when and for how long; and the weeks that managers approve."""
