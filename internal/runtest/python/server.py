"""What a LIFF app's server does with two tokens, against LINE, by two of Python's clients.

python server.py CLIENT CHANNEL_ID ID_TOKEN ACCESS_TOKEN URL
"""

import json
import sys
import urllib.parse
import urllib.request

import requests

client, channel, id_token, access_token, url = sys.argv[1:]
form = {"id_token": id_token, "client_id": channel}
bearer = {"Authorization": "Bearer " + access_token}
VERIFY = "https://api.line.me/oauth2/v2.1/verify"
PROFILE = "https://api.line.me/v2/profile"

if client == "requests":
    verified = requests.post(VERIFY, data=form, timeout=60).json()
    profile = requests.get(PROFILE, headers=bearer, timeout=60).json()
    other = requests.get(url, timeout=60).status_code
else:
    body = urllib.parse.urlencode(form).encode()
    verified = json.load(urllib.request.urlopen(VERIFY, body))
    profile = json.load(urllib.request.urlopen(urllib.request.Request(PROFILE, headers=bearer)))
    other = urllib.request.urlopen(url).status

print(json.dumps({"verified": verified["sub"], "profile": profile["userId"], "other": other}))
