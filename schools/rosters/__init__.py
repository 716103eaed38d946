"""Class lists as schools keep them: reading their workbooks, writing ours. What an import does is in `operations`."""
