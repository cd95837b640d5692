// Prints who is connected to what:
static ipvs_status print_connections(const ipvs_client *client, ipvs_error **error)
{
    ipvs_connection_stream *stream = NULL;
    ipvs_connection row = IPVS_CONNECTION_INIT;
    char who[64], what[64];
    bool has = true;
    ipvs_status status = ipvs_client_connections(client, &stream, error);

    while (status == IPVS_OK && has) {
        status = ipvs_connection_stream_next(stream, &row, &has, error);
        if (status == IPVS_OK && has) {
            ipvs_address_format(&row.client, who, sizeof who);
            ipvs_service_key_format(&row.service, what, sizeof what);
            printf("%s port %d: %s, %s\n", who, row.client_port, what, row.state);
        }
    }
    ipvs_connection_stream_free(stream);
    return status;
}
