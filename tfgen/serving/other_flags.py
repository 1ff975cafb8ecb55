"""Flags of tensorflow_model_server that do not exist here, and what to do instead."""

_LEAVE = "leave it out"
_ALWAYS = f"it is always so here: {_LEAVE}"
_TFLITE = "models are SavedModels only: serve those of TensorFlow Lite by TensorFlow Serving"
_TRIES = f"a broken version is tried again when its files change: {_LEAVE}"
_THREAD = f"versions are loaded one at a time, in a thread of their own: {_LEAVE}"
_XLA = "set TF_XLA_FLAGS=--tf_xla_auto_jit=2"

# Name -> why not, and the remedy.
REFUSED = {
    "grpc_socket_path": "sockets of the file system are not listened on: take --port",
    "rest_api_num_threads": f"one event loop answers all REST requests: {_LEAVE}",
    "rest_api_enable_cors_support": "pages of other origins are not answered: let a proxy add CORS",
    "enable_per_model_batching_parameters": "all models alike: take --batching_parameters_file",
    "num_load_threads": _THREAD,
    "num_unload_threads": _THREAD,
    "max_num_load_retries": _TRIES,
    "load_retry_interval_micros": _TRIES,
    "flush_filesystem_caches": f"the system's cache of files is left alone: {_LEAVE}",
    "tensorflow_session_parallelism": "take --tensorflow_intra_op_parallelism and "
    "--tensorflow_inter_op_parallelism",
    "tensorflow_session_config_file": "of a session's settings there are only "
    "--tensorflow_intra_op_parallelism and --tensorflow_inter_op_parallelism",
    "use_alts_credentials": "take TLS: --ssl_config_file",
    "platform_config_file": "the only platform is tensorflow: take --model_config_file",
    "per_process_gpu_memory_fraction": f"memory of a GPU is taken as it is needed: {_LEAVE}",
    "saved_model_tags": 'a SavedModel is read by its tag "serve": export it with that',
    "grpc_channel_arguments": "of gRPC's arguments there is the size of messages: take "
    "--max_message_mb",
    "grpc_max_threads": f"one event loop answers all gRPC requests: {_LEAVE}",
    "num_request_iterations_for_warmup": "a recorded request is replayed once: record it as often "
    "as it shall run",
    "version": "ask pip: pip show tfgen",
    "monitoring_config_file": "there are no metrics: measure at the load balancer",
    "remove_unused_fields_from_bundle_metagraph": f"only signatures are kept of it: {_LEAVE}",
    "prefer_tflite_model": _TFLITE,
    "num_tflite_pools": _TFLITE,
    "num_tflite_interpreters_per_pool": _TFLITE,
    "enable_signature_method_name_check": f"names of methods are not checked: {_LEAVE}",
    "xla_cpu_compilation_enabled": f"{_XLA} --tf_xla_cpu_global_jit",
    "xla_gpu_compilation_enabled": _XLA,
    "enable_profiler": "there is no profiler: take one of the system's, or TensorFlow Serving",
    "thread_pool_factory_config_file": "take --num_batch_threads and "
    "--tensorflow_inter_op_parallelism",
    "mixed_precision": "a model computes in the precision it was exported with: export it anew",
    "skip_initialize_tpu": f"TPUs are not used: {_LEAVE}",
    "enable_grpc_healthcheck_service": _ALWAYS,
}
