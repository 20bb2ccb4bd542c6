"""Runs the public Python clients of OpenAI, Cohere and MCP against `assay serve` and `assay mcp`.

    pip install -r tests/interface/requirements.txt
    python tests/interface/clients.py --assay target/debug/assay

A command and not a test, because the clients come from the package index. Prints a row of a Markdown table for each call,
and ends with status 1 if one of them did not do what it should.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import traceback
from importlib.metadata import version
from pathlib import Path

import cohere
import httpx
import openai
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "library"
QUESTION = "When did Ottilie Brandvold die?"
PASSAGES = ["Pears keep for two weeks in a cool cellar.", "The harbour pump delivers 40 litres a minute.", "It rains."]
PUMP = "How much does the pump deliver?"
FAILED = []


def check(client, what, work):
    """Runs one call of a client, and prints what it gave."""
    try:
        given = str(work()).replace("|", "\\|").replace("\n", " ")
    except Exception:
        FAILED.append(f"{client}, {what}")
        given = "FAILED"
        traceback.print_exc()
    print(f"| {client} {version(client)} | {what} | {given} |", flush=True)


def must(truth, what):
    if not truth:
        raise AssertionError(what)


def embeddings(client):
    made = client.embeddings.create(model="assay", input=PASSAGES)  # asks for base64
    length = len(made.data[0].embedding)
    must(len(made.data) == 3 and abs(sum(x * x for x in made.data[0].embedding) - 1) < 1e-3, made)
    plain = client.embeddings.create(model="assay", input=PASSAGES, encoding_format="float")
    must(max(abs(a - b) for a, b in zip(made.data[2].embedding, plain.data[2].embedding)) < 1e-6, "base64 differs from float")
    return f"{len(made.data)} vectors of {length}, {made.usage.total_tokens} tokens, model {made.model}"


def chat(client):
    made = client.chat.completions.create(model="assay", messages=[{"role": "user", "content": QUESTION}])
    message = made.choices[0].message
    must(message.annotations and message.annotations[0].url_citation.url.startswith("assay://passage/"), made)
    sources = made.model_extra["sources"]
    must(sources[0]["scores"]["logit"] is not None and sources[0]["ranks"]["fused"], sources[0])
    return f"{message.content!r}, {len(message.annotations)} citations, {len(sources)} sources"


def stream(client):
    pieces, last = [], None
    for piece in client.chat.completions.create(
        model="assay", stream=True, messages=[{"role": "user", "content": QUESTION}]
    ):
        pieces.append(piece.choices[0].delta.content or "")
        last = piece
    must(last.choices[0].finish_reason == "stop" and last.model_extra["sources"], last)
    must("".join(pieces), "no text")
    return f"{len(pieces)} pieces, {''.join(pieces)!r}"


def responses(client):
    made = client.responses.create(model="assay", input=QUESTION)
    mark = made.output[0].content[0].annotations[0]
    must(made.status == "completed" and mark.url.startswith("assay://passage/"), made)
    must(made.output_text[mark.start_index : mark.end_index] == "[1]", made)
    must(made.model_extra["sources"][0]["scores"]["logit"] is not None, made)
    return f"{made.output_text!r}, {len(made.model_extra['sources'])} sources"


def events(client):
    names, text, last = [], [], None
    for event in client.responses.create(model="assay", input=QUESTION, stream=True):
        names.append(event.type)
        if event.type == "response.output_text.delta":
            text.append(event.delta)
        last = event
    must(last.type == "response.completed" and last.response.output_text == "".join(text) != "", last)
    must("response.output_text.annotation.added" in names, names)
    return f"{len(names)} events of {len(set(names))} kinds, {''.join(text)!r}"


def kept_nowhere(client):
    try:
        client.responses.create(model="assay", input=QUESTION, previous_response_id="resp_1")
    except openai.BadRequestError as error:
        return error.body["message"]
    raise AssertionError("an answer that was not kept was followed")


def dimensions(client):
    try:
        client.embeddings.create(model="assay", input="a", dimensions=64)
    except openai.BadRequestError as error:
        return error.body["message"]
    raise AssertionError("vectors were cut")


def refused(client):
    try:
        client.embeddings.create(model="text-embedding-3-small", input="a")
    except openai.NotFoundError as error:
        return error.body["message"]
    raise AssertionError("an unknown model was answered")


def wrong_token(address):
    try:
        openai.OpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0).models.list()
    except openai.AuthenticationError as error:
        return error.body["message"]
    raise AssertionError("a wrong token was answered")


def rerank(client, **more):
    made = client.rerank(model="assay", query=PUMP, documents=PASSAGES, top_n=2, **more)
    must([row.index for row in made.results][0] == 1 and len(made.results) == 2, made)
    return [(row.index, round(row.relevance_score, 3)) for row in made.results]


def tei(address, token):
    body = {"query": PUMP, "texts": PASSAGES, "raw_scores": True, "return_text": True, "truncate": True}
    made = httpx.post(f"{address}/rerank", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    rows = made.raise_for_status().json()
    must(rows[0]["index"] == 1 and rows[0]["text"] == PASSAGES[1], rows)
    return [(row["index"], round(row["score"], 2)) for row in rows]


async def mcp(client):
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    must(all(tool.annotations.read_only_hint for tool in tools.values()), tools)
    found = (await client.call_tool("query", {"question": QUESTION, "limit": 3})).structured_content
    best = found["results"][0]
    must(best["scores"]["logit"] is not None and best["ranks"]["cosine"], best)
    read = (await client.call_tool("get", {"id": best["id"]})).structured_content
    must(read["passage"]["text"] == best["text"], read)
    many = (await client.call_tool("multi_get", {"ids": [best["id"], str(best["document"]), "99999"]})).structured_content
    must(many["texts"][2]["error"], many)
    without = (await client.call_tool("query", {"question": QUESTION, "rerank": "off"})).structured_content
    must(without["results"][0]["scores"]["logit"] is None, without)
    wrong = await client.call_tool("query", {"question": QUESTION, "collection": "none"})
    must(wrong.is_error, wrong)
    resources = (await client.list_resources()).resources
    text = (await client.read_resource(resources[0].uri)).contents[0].text
    status = (await client.call_tool("status", {})).structured_content
    return (
        f"protocol {client.protocol_version}; tools {', '.join(tools)}; best {best['name']} logit "
        f"{best['scores']['logit']:.2f}; {len(resources)} resources, the first {len(text)} characters; "
        f"{status['searchable']} documents"
    )


async def mcp_stdio(program, data, mode):
    server = StdioServerParameters(command=program, args=["--data", data, "mcp"], env=dict(os.environ))
    async with Client(server, mode=mode) as client:
        return await mcp(client)


async def mcp_http(address, token, mode):
    async with create_mcp_http_client(headers={"Authorization": f"Bearer {token}"}) as http:
        async with Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=mode) as client:
            return await mcp(client)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--assay", required=True, help="the program")
    program = os.path.abspath(arguments.parse_args().assay)
    with tempfile.TemporaryDirectory() as data:
        print("| client | call | gave |\n|---|---|---|")
        ingest = [program, "--data", data, "ingest", str(SAMPLES), "--collection", "samples"]
        subprocess.run(ingest, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for mode in ("auto", "legacy"):
            check("mcp", f"stdio, {mode}", lambda: asyncio.run(mcp_stdio(program, data, mode)))
        serve = subprocess.Popen([program, "--data", data, "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
        try:
            told = ""
            while not told.endswith("}\n"):
                told += serve.stdout.readline()
            told = json.loads(told)
            address, token = told["address"], Path(told["token_file"]).read_text().strip()
            client = openai.OpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0)
            check("openai", "models.list", lambda: [model.id for model in client.models.list()])
            check("openai", "embeddings.create", lambda: embeddings(client))
            check("openai", "embeddings.create, other dimensions", lambda: dimensions(client))
            check("openai", "chat.completions.create", lambda: chat(client))
            check("openai", "chat.completions.create, streamed", lambda: stream(client))
            check("openai", "responses.create", lambda: responses(client))
            check("openai", "responses.create, streamed", lambda: events(client))
            check("openai", "responses.create, after another", lambda: kept_nowhere(client))
            check("openai", "an unknown model", lambda: refused(client))
            check("openai", "a wrong token", lambda: wrong_token(address))
            check("cohere", "ClientV2.rerank", lambda: rerank(cohere.ClientV2(api_key=token, base_url=address)))
            old = cohere.Client(api_key=token, base_url=address)
            check("cohere", "Client.rerank (version 1)", lambda: rerank(old, return_documents=True))
            check("httpx", "text-embeddings-inference's form", lambda: tei(address, token))
            for mode in ("auto", "legacy"):
                check("mcp", f"HTTP, {mode}", lambda: asyncio.run(mcp_http(address, token, mode)))
        finally:
            serve.terminate()
            serve.wait(timeout=20)
    print(f"{len(FAILED)} failed{': ' if FAILED else ''}{', '.join(FAILED)}")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
