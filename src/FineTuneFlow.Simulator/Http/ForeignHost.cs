using System.Net;

namespace FineTuneFlow.Simulator.Http;

/// <summary>A page in the user's browser may have its own name lead to this machine (DNS rebinding); its requests are known by the
/// name that they were sent to. Whoever listens beyond loopback is called by names of their own.</summary>
internal static class ForeignHost
{
    public static bool IsRefused(HttpContext http)
    {
        if (http.Connection.LocalIpAddress is not { } here || !IPAddress.IsLoopback(here))
        {
            return false;
        }

        string host = http.Request.Host.Host.Trim('[', ']');
        return host.Length > 0 && host != "localhost" && !(IPAddress.TryParse(host, out IPAddress? named) && IPAddress.IsLoopback(named));
    }
}
