"""The gRPC interface over a real socket, with the official stubs."""

import collections
import concurrent.futures
import subprocess
import sys
import time

import grpc
import numpy as np
import pytest
import tensorflow as tf
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

VIEW = {
    "style": np.array([3, 1]),
    "azimuth": np.array([30, 40], np.float32),
    "elevation": np.array([20, 20], np.float32),
}


@pytest.fixture(scope="module")
def channel(server):
    with server.channel() as channel:
        yield channel


@pytest.fixture(scope="module")
def prediction(channel):
    return prediction_service_pb2_grpc.PredictionServiceStub(channel)


@pytest.fixture(scope="module")
def model_service(channel):
    return model_service_pb2_grpc.ModelServiceStub(channel)


METHODS = [
    *("PredictionService/Predict", "PredictionService/GetModelMetadata"),
    *("PredictionService/Classify", "ModelService/GetModelStatus"),
    "ModelService/HandleReloadConfigRequest",
]


@pytest.mark.parametrize("method", METHODS)
def test_what_is_no_message_is_refused_in_a_sentence(server, channel, method):
    before = server.log
    with pytest.raises(grpc.RpcError) as refused:
        channel.unary_unary(f"/tensorflow.serving.{method}")(b"\x0a\xff", timeout=30)
    assert refused.value.code() == grpc.StatusCode.INTERNAL
    assert refused.value.details().startswith("the message is no ")
    assert "Error" not in refused.value.details()
    assert server.log == before


@pytest.mark.parametrize("method", ["ServerReflection/ServerReflectionInfo", "Health/Watch"])
def test_streams_refuse_what_is_no_message_too(channel, method):
    if method.startswith("Health"):
        answers = channel.unary_stream(f"/grpc.health.v1.{method}")(b"\xff", timeout=30)
    else:
        path = f"/grpc.reflection.v1alpha.{method}"
        answers = channel.stream_stream(path)(iter([b"\xff"]), timeout=30)
    with pytest.raises(grpc.RpcError) as refused:
        next(answers)
    assert refused.value.details().endswith("it cannot be parsed.")


def test_health_is_watched(channel):
    watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=30)
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
    watch.cancel()


@pytest.fixture(scope="module")
def direct(exported):
    """The exported model's signatures, loaded here."""
    model = tf.saved_model.load(str(exported))

    def call(signature, inputs):
        outputs = model.signatures[signature](**{k: tf.constant(v) for k, v in inputs.items()})
        return {name: value.numpy() for name, value in outputs.items()}

    return call


def predict_request(inputs=VIEW, signature="view", model="tiny", version=None):
    request = predict_pb2.PredictRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    if version is not None:
        request.model_spec.version.value = version
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    return request


def refusal(call, request, **kwargs):
    with pytest.raises(grpc.RpcError) as error:
        call(request, timeout=20, **kwargs)
    return error.value.code(), error.value.details()


def test_predictions_are_the_models(prediction, direct):
    response = prediction.Predict(predict_request(), timeout=20)
    assert response.model_spec.name == "tiny"
    assert response.model_spec.version.value == 1
    assert response.model_spec.signature_name == "view"
    expected = direct("view", VIEW)
    assert response.outputs.keys() == expected.keys()
    for name, value in expected.items():
        assert response.outputs[name].int_val  # typed, as TensorFlow Serving's answers are
        served = tf.make_ndarray(response.outputs[name])
        assert served.shape == value.shape
        assert abs(served.astype(int) - value).max() <= 1  # batches may round otherwise


def test_the_default_signature_and_one_output(prediction):
    request = predict_request(VIEW | {"transform": np.zeros((2, 8), np.float32)}, "")
    request.output_filter.append("mask")
    response = prediction.Predict(request, timeout=20)
    assert response.model_spec.signature_name == "serving_default"
    assert list(response.outputs) == ["mask"]


def test_a_signature_is_a_model_of_its_own(prediction, model_service):
    request = predict_request(model="tiny.view", signature="")
    assert sorted(prediction.Predict(request, timeout=20).outputs) == ["image", "mask"]
    metadata = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    metadata.model_spec.name = "tiny.view"
    signatures = get_model_metadata_pb2.SignatureDefMap()
    answer = prediction.GetModelMetadata(metadata, timeout=20)
    answer.metadata["signature_def"].Unpack(signatures)
    assert sorted(signatures.signature_def["serving_default"].inputs) == sorted(VIEW)
    status = get_model_status_pb2.GetModelStatusRequest()
    status.model_spec.name = "tiny.view"
    assert model_service.GetModelStatus(status, timeout=20).model_version_status[0].version == 1


def changed(**values):
    return {k: v for k, v in (VIEW | values).items() if v is not None}


NOT_FOUND = grpc.StatusCode.NOT_FOUND
INVALID = grpc.StatusCode.INVALID_ARGUMENT
REFUSED = {
    "model": ({"model": "nope"}, NOT_FOUND, "Servable not found for request: Latest(nope)"),
    "version": ({"version": 7}, NOT_FOUND, "Servable not found for request: Specific(tiny, 7)"),
    "signature": (
        {"signature": "nope"},
        grpc.StatusCode.FAILED_PRECONDITION,
        'Serving signature key "nope" not found',
    ),
    "dtype": (
        {"inputs": changed(azimuth=np.array([30, 40]))},
        INVALID,
        'input azimuth of signature "view" must be float32 [any]: got int64 [2]',
    ),
    "rank": (
        {"inputs": changed(style=np.array([[3, 1]]))},
        INVALID,
        'input style of signature "view" must be int64 [any]: got int64 [1, 2]',
    ),
    "shape": (
        {
            "inputs": VIEW | {"transform": np.zeros((2, 5), np.float32)},
            "signature": "serving_default",
        },
        INVALID,
        'input transform of signature "serving_default" must be float32 [any, 8]: got',
    ),
    "strings": ({"inputs": changed(style=np.array([b"3", b"1"]))}, INVALID, "got string [2]"),
    "missing": ({"inputs": changed(azimuth=None)}, INVALID, "azimuth missing"),
    "extra": ({"inputs": changed(hue=np.array([1.0]))}, INVALID, "hue unknown"),
    "uneven": ({"inputs": changed(style=np.array([3]))}, INVALID, "differ in their batch size"),
    "empty": (
        {"inputs": {k: v[:0] for k, v in VIEW.items()}},
        INVALID,
        "the batch is empty",
    ),
    "NaN": (
        {"inputs": changed(azimuth=np.array([1, np.nan], np.float32))},
        INVALID,
        "azimuth has a number that is not finite",
    ),
    "unknown style": (
        {"inputs": changed(style=np.array([3, 5]))},
        INVALID,
        "style does not exist: give 0 to 4.",
    ),
    "too many rows": (
        {"inputs": {k: np.repeat(v, 501) for k, v in VIEW.items()}},
        INVALID,
        "the request has 1002 rows: the server takes at most 1000 (--max_rows)",
    ),
    "too large an answer": (
        {"inputs": {k: np.repeat(v, 200) for k, v in VIEW.items()}},
        INVALID,
        "may take 12.5 MiB: the server gives at most 8 (--max_answer_mb): ask for at most 256 rows",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_say_what_is_wrong(prediction, name):
    arguments, code, text = REFUSED[name]
    got_code, details = refusal(prediction.Predict, predict_request(**arguments))
    assert got_code == code
    assert text in details
    assert "{{node" not in details


def test_a_request_larger_than_a_batch_is_answered_whole(prediction, direct):
    rng = np.random.default_rng(0)
    views = {
        "style": rng.integers(0, 5, 150),
        "azimuth": rng.uniform(0, 360, 150).astype(np.float32),
        "elevation": rng.uniform(0, 40, 150).astype(np.float32),
    }
    response = prediction.Predict(predict_request(views), timeout=60)
    expected = direct("view", views)
    for name, value in expected.items():
        served = tf.make_ndarray(response.outputs[name]).astype(int)
        assert served.shape == value.shape
        assert abs(served - value).max() <= 1
    request = predict_request({k: np.repeat(v, 3) for k, v in views.items()})
    request.output_filter.append("mask")  # only what is wanted counts
    mask = tf.make_ndarray(prediction.Predict(request, timeout=60).outputs["mask"])
    assert mask.shape == (450, 64, 64, 1)


def test_contradictory_tensors_are_refused_and_take_no_memory(prediction):
    request = predict_request()
    request.inputs["azimuth"].ClearField("tensor_shape")
    request.inputs["azimuth"].tensor_shape.dim.add(size=1 << 50)
    code, details = refusal(prediction.Predict, request)
    assert code == INVALID
    assert "input azimuth has shape [1125899906842624]" in details
    request = predict_request()
    request.inputs["azimuth"].tensor_content = request.inputs["azimuth"].tensor_content[:-1]
    code, details = refusal(prediction.Predict, request)
    assert code == INVALID
    assert "7 bytes of tensor_content" in details


def test_unknown_outputs_are_refused(prediction):
    request = predict_request()
    request.output_filter.append("depth")
    code, details = refusal(prediction.Predict, request)
    assert code == INVALID
    assert "output tensor alias not found in signature: depth; outputs are image, mask" in details
    request.output_filter[:] = ["mask", "mask"]
    code, details = refusal(prediction.Predict, request)
    assert (code, details) == (INVALID, "duplicate output tensor alias: mask")


def test_what_is_no_request_is_refused(channel):
    predict = channel.unary_unary("/tensorflow.serving.PredictionService/Predict")
    code, details = refusal(predict, b"\xff\xff\xff")
    assert code == grpc.StatusCode.INTERNAL  # gRPC's own answer to what does not parse
    assert details == "the message is no PredictRequest: it cannot be parsed."


def test_messages_over_the_limit_are_refused(prediction):
    code, _ = refusal(prediction.Predict, predict_request({"x": np.zeros(1 << 20, np.float32)}))
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED


def test_methods_on_examples_are_not_implemented(prediction):
    code, _ = refusal(prediction.Classify, classification_pb2.ClassificationRequest())
    assert code == grpc.StatusCode.UNIMPLEMENTED


def metadata_request(field="signature_def", **spec):
    request = get_model_metadata_pb2.GetModelMetadataRequest()
    request.model_spec.name = spec.get("model", "tiny")
    if field:
        request.metadata_field.append(field)
    return request


def test_metadata(prediction):
    response = prediction.GetModelMetadata(metadata_request(), timeout=20)
    assert response.model_spec.version.value == 1
    signatures = get_model_metadata_pb2.SignatureDefMap()
    assert response.metadata["signature_def"].Unpack(signatures)
    view = signatures.signature_def["view"]
    assert view.method_name == "tensorflow/serving/predict"
    assert [d.size for d in view.outputs["image"].tensor_shape.dim] == [-1, 64, 64, 3]
    assert view.inputs["style"].dtype == tf.int64.as_datatype_enum


def test_bad_metadata_requests(prediction):
    assert refusal(prediction.GetModelMetadata, metadata_request(""))[0] == INVALID
    code, details = refusal(prediction.GetModelMetadata, metadata_request("weights"))
    assert code == INVALID
    assert "weights is not supported" in details
    assert refusal(prediction.GetModelMetadata, metadata_request(model="x"))[0] == NOT_FOUND


def test_status(model_service):
    request = get_model_status_pb2.GetModelStatusRequest()
    request.model_spec.name = "tiny"
    (entry,) = model_service.GetModelStatus(request, timeout=20).model_version_status
    assert entry.version == 1
    assert entry.state == get_model_status_pb2.ModelVersionStatus.AVAILABLE
    assert entry.status.error_code == 0
    request.model_spec.version.value = 4
    assert refusal(model_service.GetModelStatus, request) == (
        NOT_FOUND,
        "Could not find version 4 of model tiny",
    )
    request.model_spec.name = "nope"
    assert refusal(model_service.GetModelStatus, request) == (
        NOT_FOUND,
        "Could not find any versions of model nope",
    )


def test_health(channel):
    stub = health_pb2_grpc.HealthStub(channel)
    for service in ("", "tensorflow.serving.PredictionService"):
        answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=20)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


REFLECTION_CLIENT = """
import sys, grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase as Database)
channel = grpc.insecure_channel(sys.argv[1])
pool = descriptor_pool.DescriptorPool(Database(channel))
method = pool.FindServiceByName("tensorflow.serving.PredictionService").FindMethodByName("Predict")
Request = message_factory.GetMessageClass(method.input_type)
Response = message_factory.GetMessageClass(method.output_type)
one = {"dim": [{"size": "1"}]}
request = json_format.ParseDict({
    "modelSpec": {"name": "tiny", "signatureName": "png"},
    "inputs": {
        "style": {"dtype": "DT_INT64", "tensorShape": one, "int64Val": ["3"]},
        "azimuth": {"dtype": "DT_FLOAT", "tensorShape": one, "floatVal": [30]},
        "elevation": {"dtype": "DT_FLOAT", "tensorShape": one, "floatVal": [20]},
        "transform": {"dtype": "DT_FLOAT", "tensorShape": {"dim": [{"size": "1"}, {"size": "8"}]},
                      "floatVal": [0]},
    }}, Request())
call = channel.unary_unary("/tensorflow.serving.PredictionService/Predict",
    request_serializer=Request.SerializeToString, response_deserializer=Response.FromString)
print(call(request, timeout=20).outputs["png_bytes"].string_val[0][:4])
assert "tensorflow" not in sys.modules
"""


def test_reflection_is_enough_for_a_client_without_any_stubs(server):
    command = [sys.executable, "-c", REFLECTION_CLIENT, server.address]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert told.stdout.strip() == repr(b"\x89PNG"), told.stderr


def test_reflection_lists_the_services(channel):
    assert {
        "tensorflow.serving.PredictionService",
        "tensorflow.serving.ModelService",
        "grpc.health.v1.Health",
    } <= set(ProtoReflectionDescriptorDatabase(channel).get_services())


def test_deadlines_free_the_queue(server, prediction):
    """The slow model runs one request a core; who waits behind it too long never runs."""
    long = predict_request({"rounds": np.array(30_000)}, "", "slow")
    calls = [prediction.Predict.future(long, timeout=60) for _ in range(4)]
    time.sleep(0.2)
    code, _ = refusal_within(prediction, predict_request({"rounds": np.array(1)}, "", "slow"), 0.1)
    assert code == grpc.StatusCode.DEADLINE_EXCEEDED
    for call in calls:
        call.cancel()
    answer = prediction.Predict(predict_request(), timeout=20)
    assert answer.outputs


def refusal_within(prediction, request, timeout):
    with pytest.raises(grpc.RpcError) as error:
        prediction.Predict(request, timeout=timeout)
    return error.value.code(), error.value.details()


def test_64_clients_get_their_own_answers(server, direct):
    """Each asks for views of its own over its own connection; batching must not mix them up."""
    rng = np.random.default_rng(0)
    asked = [
        {
            "style": rng.integers(0, 5, n),
            "azimuth": rng.uniform(0, 360, n).astype(np.float32),
            "elevation": rng.uniform(0, 40, n).astype(np.float32),
        }
        for n in rng.integers(1, 4, 64)
    ]

    def client(inputs):
        with server.channel() as channel:
            stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
            return [
                tf.make_ndarray(stub.Predict(predict_request(inputs), timeout=60).outputs["image"])
                for _ in range(4)
            ]

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(client, asked))
    outcomes = collections.Counter()
    for inputs, images in zip(asked, answers, strict=True):
        expected = direct("view", inputs)["image"].astype(int)
        for image in images:
            outcomes[bool(abs(image - expected).max() <= 1)] += 1
    assert outcomes == {True: 256}
