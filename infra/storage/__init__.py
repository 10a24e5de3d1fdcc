"""Files of the stores: pictures and exports, in a local folder or an S3-compatible bucket."""
