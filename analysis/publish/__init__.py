"""From results to what is handed out: chapters, figure cards, downloads, the receipt."""
