"""Operations, from the request to the told outcome.

requesting   a click becomes a row: confirmed once, placed on its project
conductor    claims the rows that are due, and has each carried out
carrying     one operation, step by step, by the stage that its row is in (held: the row in hand)
waiting      for its turn, or for a build
asking       planned once more, written down, and sent at most once (releasing: the steps of a rolling release)
looking      until production says what became of it
proving      domain by domain
afterwards   an unknown outcome is looked for on; retiring: older messages lose their buttons
ledger       each step as one transaction; history: what is read back; records: between values and rows
"""
