"""Addresses beyond the organisation. They are picked freely; nothing is meant of who holds them."""

MAIL_SERVER, PACKAGE_MIRROR, BUCKET = "185.70.40.102", "151.101.130.132", "52.218.24.17"
GITHUB, PAYMENTS, CONTROL_PLANE = "140.82.121.4", "104.18.32.7", "52.94.221.33"
# The service that AWS names for an address of its own.
SERVICES = {BUCKET: "S3", CONTROL_PLANE: "AMAZON"}
VISITORS = ("82.132.214.", "86.147.90.", "90.206.33.", "109.144.17.", "212.58.244.", "78.150.61.")
VISITORS_6 = ("2a00:23c7:5a01:2b00::", "2a02:c7d:9110:4400::")
PARTNERS = "62.112.193."
SCANNERS = ("45.148.10.", "185.156.73.", "91.240.118.", "141.98.11.", "94.102.61.", "193.32.162.")
SCANNERS_6 = ("2a06:4880:8000::", "2a0e:3b80:1:7::", "2001:470:1:c84::")
OFFICE_HOST, CARRIER_TUNNEL = "192.168.40.17", "193.136.220.9"
