// Opens the IPVS of a named network namespace, with a longer patience:
static ipvs_status open_blue(ipvs_client **client, ipvs_error **error)
{
    ipvs_client_options options = IPVS_CLIENT_OPTIONS_INIT;

    options.namespace_source = IPVS_NAMESPACE_PATH;
    options.namespace_path = "/run/netns/blue";
    options.deadline_milliseconds = 20000;
    return ipvs_client_open(&options, client, error);
}
