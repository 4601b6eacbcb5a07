"""A question to an answer that quotes the law by paragraph."""
