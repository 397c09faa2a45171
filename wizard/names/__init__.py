"""Account ids, partitions, ARNs, bucket and role names: parse what people type, and validate it."""
