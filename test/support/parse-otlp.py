"""Reads a request of OTLP/HTTP in JSON from standard input by OpenTelemetry's own protocol buffers. Prints its spans as JSON."""

import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def ids_as_protobuf_has_them(value):
    """OTLP writes ids as hexadecimal digits, where protocol buffers write base64."""
    if isinstance(value, list):
        return [ids_as_protobuf_has_them(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(each)).decode() if key in ("traceId", "spanId", "parentSpanId") else ids_as_protobuf_has_them(each)
        for key, each in value.items()
    }


def plain(attributes):
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


request = json_format.ParseDict(ids_as_protobuf_has_them(json.load(sys.stdin)), ExportTraceServiceRequest())
json.dump(
    [
        {
            "resource": plain(resource.resource.attributes),
            "scope": scope.scope.name,
            "name": span.name,
            "kind": span.SpanKind.Name(span.kind),
            "traceIdBytes": len(span.trace_id),
            "spanIdBytes": len(span.span_id),
            "startMs": span.start_time_unix_nano // 10**6,
            "endMs": span.end_time_unix_nano // 10**6,
            "attributes": plain(span.attributes),
            "status": span.status.StatusCode.Name(span.status.code),
            "message": span.status.message,
        }
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ],
    sys.stdout,
)
