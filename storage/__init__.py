"""What outlives the process: the audit log, operations, confirmations. Imports nothing of chatbot."""
