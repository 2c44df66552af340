"""A file that calls its own handler is a script."""
#! measure effects = 1

import json


def lambda_handler(event, context):
    return json.dumps(event)


lambda_handler({"a": 1}, None)  #! runs-on-import
