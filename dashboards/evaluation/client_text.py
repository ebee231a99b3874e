"""The ten-line client of the documentation. docs/evaluation-api.md holds the same lines; a test runs them."""

CLIENT = """\
import json, os, urllib.request

host, key = os.environ["LISTEN_HOST"], os.environ["LISTEN_KEY"]
path = f"/api/v1/releases/{os.environ['LISTEN_RELEASE']}/officials?limit=100"
while path:
    request = urllib.request.Request(host + path, headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request) as answer:
        for item in json.load(answer)["items"]:
            print(item["official"], item["score"], item["grade"], item["open_reviews"])
        path = (answer.headers["Link"] or "").partition("<")[2].partition(">")[0]
"""
