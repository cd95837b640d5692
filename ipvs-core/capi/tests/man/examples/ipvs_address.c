// Prints what identifies a service in the form that is read, too:
static ipvs_status normalise(const char *text, ipvs_error **error)
{
    ipvs_service_key key;
    char buffer[64];
    ipvs_status status = ipvs_service_key_parse(text, &key, error);

    if (status == IPVS_OK) {
        ipvs_service_key_format(&key, buffer, sizeof buffer);
        puts(buffer);
    }
    return status;
}
