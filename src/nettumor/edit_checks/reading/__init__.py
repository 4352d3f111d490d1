"""What the checks read: tables under shared codes, sizes, samples, diaries, responses as reported
and as recomputed.

No finding is made here.
"""
