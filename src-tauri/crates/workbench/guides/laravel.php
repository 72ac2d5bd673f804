<?php
// routes/api.php, which has no CSRF check; the address is /api/webhooks. Since Laravel 11: php artisan install:api
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Route;

Route::post('/webhooks', function (Request $request) {
    // The bytes as they came. Not $request->all() and not json_encode($request->json()->all()).
    $rawBody = $request->getContent();
    if (!verify($rawBody, $request->headers->all())) {
        return response('bad signature', 400);
    }
    handle(json_decode($rawBody, true));
    return response('', 200);
});
