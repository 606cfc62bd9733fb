"""Problems of text, explained."""
