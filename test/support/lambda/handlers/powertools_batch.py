# A function for Kafka as its users write it, with the batch processor of Powertools for Python.
import json
import sys

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

processor = BatchProcessor(event_type=EventType.Kafka)


def on_record(record):
    order = record.json_value
    if order["amount"] < 0:
        raise ValueError(f"order {order['id']} of {record.decoded_key} is below zero")


def handler(event, context):
    return process_partial_response(event=event, record_handler=on_record, processor=processor, context=context)


print(json.dumps(handler(json.load(sys.stdin), None)))
