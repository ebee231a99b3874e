"""Pages for officials, managers and reviewers."""
