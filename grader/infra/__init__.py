"""Small tools that several rooms need: broker, rates, logs, private files, processes."""
