<?php
// What a LIFF app's server does with two tokens, against LINE, by PHP's curl.
//
//	php server.php CHANNEL_ID ID_TOKEN ACCESS_TOKEN URL

[, $channel, $idToken, $accessToken, $url] = $argv;

function ask(string $url, array $options = []): array
{
    $curl = curl_init($url);
    curl_setopt_array($curl, $options + [CURLOPT_RETURNTRANSFER => true]);
    $text = curl_exec($curl);
    if ($text === false) {
        fwrite(STDERR, curl_error($curl) . "\n");
        exit(1);
    }
    return [curl_getinfo($curl, CURLINFO_HTTP_CODE), json_decode($text, true)];
}

[, $verified] = ask('https://api.line.me/oauth2/v2.1/verify', [
    CURLOPT_POSTFIELDS => http_build_query(['id_token' => $idToken, 'client_id' => $channel]),
]);
[, $profile] = ask('https://api.line.me/v2/profile', [CURLOPT_HTTPHEADER => ["Authorization: Bearer $accessToken"]]);
[$other] = ask($url);
echo json_encode(['verified' => $verified['sub'], 'profile' => $profile['userId'], 'other' => $other]), "\n";
