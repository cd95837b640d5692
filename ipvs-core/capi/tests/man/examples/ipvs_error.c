// Adds a service that may be there already, and tells of any other failure:
static int ensure(const ipvs_client *client, const ipvs_service *service)
{
    ipvs_error *error = NULL;
    ipvs_status status = ipvs_client_add_service(client, service, &error);

    if (status != IPVS_OK && status != IPVS_ALREADY_EXISTS)
        fprintf(stderr, "%s\n", ipvs_error_message(error));
    ipvs_error_free(error);
    return status == IPVS_OK || status == IPVS_ALREADY_EXISTS;
}
