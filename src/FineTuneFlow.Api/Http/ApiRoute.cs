namespace FineTuneFlow.Api.Http;

/// <summary>A route of the HTTP API.</summary>
/// <param name="Name">Its name: the handler's, and the function's in the cloud.</param>
/// <param name="Method">GET, POST or PUT.</param>
/// <param name="Pattern">Under <c>/api/</c>, in ASP.NET Core's and Functions' common template form.</param>
/// <param name="Handler">Type of the handler.</param>
/// <param name="Summary">What it does, in one sentence.</param>
public sealed record ApiRoute(string Name, string Method, string Pattern, Type Handler, string Summary)
{
    /// <summary>Every method that it takes: whoever may GET may ask with HEAD what would be answered.</summary>
    public IReadOnlyList<string> Methods => Method == "GET" ? ["GET", "HEAD"] : [Method];

    /// <summary>Type of the JSON body; null: none, or not JSON.</summary>
    public Type? Body { get; init; }

    /// <summary>Parts of a multipart/form-data body; where there is a JSON body as well, the caller chooses.</summary>
    public IReadOnlyList<FormPart> Form { get; init; } = [];

    /// <summary>Request headers that mean something here, with what they mean.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Headers { get; init; } = [];

    /// <summary>Type of the JSON answer; null: not JSON.</summary>
    public Type? Answer { get; init; }

    /// <summary>HTTP status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>What a success of status 200 means where <see cref="Status"/> is another; null: there is none.</summary>
    public string? OrElse { get; init; }

    /// <summary>Media types of the answer.</summary>
    public IReadOnlyList<string> MediaTypes { get; init; } = ["application/json"];

    /// <summary>Query parameters with what they mean.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Query { get; init; } = [];

    /// <summary>Answers without an API key: a load balancer's probe, and a service that proves itself by its signature.</summary>
    public bool Anonymous { get; init; }
}
