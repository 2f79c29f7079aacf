using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Simulator.Settings;

namespace FineTuneFlow.Simulator.Http;

/// <summary>A bearer key, or on the Azure side also an <c>api-key</c> header.</summary>
internal sealed class Authentication(SimulatorOptions options)
{
    /// <exception cref="ApiException">401.</exception>
    public void Check(HttpContext http)
    {
        string? given = null;
        string? header = http.Request.Headers.Authorization;
        if (header is not null && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            given = header["Bearer ".Length..].Trim();
        }
        else if (http.IsAzure())
        {
            given = http.Request.Headers["api-key"];
        }

        if (string.IsNullOrEmpty(given))
        {
            throw new ApiException(401, "You didn't provide an API key.", type: "invalid_request_error");
        }

        if (options.Key is not null
            && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(options.Key)))
        {
            throw new ApiException(401, "Incorrect API key provided.", "invalid_api_key");
        }
    }
}
