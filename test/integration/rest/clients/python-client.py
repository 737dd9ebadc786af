"""The life of a connector, by kafka-connect-api. Arguments: host, port, name, configuration as JSON. Prints what it sees."""
import json
import sys

from kafka_connect_api.kafka_connect_api import Api, Cluster, Connector

host, port, name, config = sys.argv[1:]
cluster = Cluster(Api(host, port=int(port)))
connector = Connector(cluster, name)
seen = {"version": cluster.version[:3], "before": name in cluster.connectors}
connector.config = json.loads(config)
seen["exists"] = connector.exists()
seen["listed"] = name in cluster.connectors
seen["class"] = connector.connector_class
seen["state"] = connector.state
seen["tasks"] = [task.is_running() for task in connector.tasks]
connector.pause()
seen["paused"] = connector.state
connector.resume()
connector.restart()
connector.restart_all_tasks()
seen["resumed"] = connector.state
cluster.root_logger = "DEBUG"
seen["logger"] = cluster.root_logger["level"]
connector.delete()
seen["after"] = name in cluster.connectors
print(json.dumps(seen))
