"""promotebot: promote, roll back and watch production deployments on Vercel, from Slack."""
