namespace FineTuneFlow.Simulator.Http;

/// <summary>A refusal, answered in OpenAI's error shape.</summary>
internal sealed class ApiException(int status, string message, string? code = null, string? param = null, string? type = null)
    : Exception(message)
{
    public int Status { get; } = status;

    public string? Code { get; } = code;

    public string? Param { get; } = param;

    public string Type { get; } = type ?? (status >= 500 ? "server_error" : "invalid_request_error");

    public static ApiException NotFound(string what, string id, string? param = null) =>
        new(404, $"No such {what}: {id}", param: param ?? "id");

    public static ApiException Invalid(string param, string message) => new(400, message, param: param);
}
