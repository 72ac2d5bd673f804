import json

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST


@csrf_exempt
@require_POST
def webhook(request):
    raw_body = request.body  # bytes; read it before request.POST
    if not verify(raw_body, request.headers):
        return HttpResponse("bad signature", status=400)
    handle(json.loads(raw_body))
    return HttpResponse(status=200)
