"""Class lists as schools keep them: reading their workbooks and writing ours. What an import does is in `operations`."""
