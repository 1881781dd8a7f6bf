"""What the bot does: look and plan, carry out, prove, tell."""
