#!/bin/sh
# What a LIFF app's server does with two tokens, against LINE, by curl.
#
#	server.sh CHANNEL_ID ID_TOKEN ACCESS_TOKEN URL
set -eu
verified=$(curl -sS --fail-with-body -d "id_token=$2" -d "client_id=$1" https://api.line.me/oauth2/v2.1/verify | sed -E 's/.*"sub":"([^"]*)".*/\1/')
profile=$(curl -sS --fail-with-body -H "Authorization: Bearer $3" https://api.line.me/v2/profile | sed -E 's/.*"userId":"([^"]*)".*/\1/')
other=$(curl -sS -o /dev/null -w '%{http_code}' "$4")
printf '{"verified":"%s","profile":"%s","other":%s}\n' "$verified" "$profile" "$other"
