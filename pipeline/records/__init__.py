"""What a flow record is, and how text becomes columns; pure: bytes in, frames out."""
