"""Room: gift cards and store credit: money of a shopper that the store keeps."""
