using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>Fetches one file beside its final name, from where an earlier attempt broke off, and moves it into place once its hash
/// is right.</summary>
internal sealed class HubDownload(HttpClient http, HubSettings settings, Action<string> report)
{
    private const long WorthTelling = 1_000_000;

    public async Task RunAsync(HubModel model, HubFile file, string target, CancellationToken cancellation)
    {
        if (File.Exists(target))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string part = target + ".part";
        try
        {
            await FillAsync(model, file, part, cancellation);
            Check(model, file, part);
        }
        catch (IOException full) when (HubCache.IsDiskFull(full))
        {
            throw HubCache.NoRoom(Path.GetDirectoryName(target)!, full);
        }

        File.Move(part, target, overwrite: true);
    }

    private async Task FillAsync(HubModel model, HubFile file, string part, CancellationToken cancellation)
    {
        long have = File.Exists(part) ? new FileInfo(part).Length : 0;
        if (file.Size >= 0 && have == file.Size)
        {
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, HubCatalog.FileAddress(settings, model, file.Path));
        if (settings.Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
        }

        if (file.Size >= WorthTelling)
        {
            report(string.Create(CultureInfo.InvariantCulture, $"Fetching {file.Path} of {model.Name}: {(file.Size - have) / 1e6:0} MB"));
        }

        using HttpResponseMessage response = await HubAnswer.CheckedAsync(http, request, model.Name, settings, cancellation);
        // An answer with the whole file, or a part that does not fit any more, begins anew.
        bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (have > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            File.Delete(part);
            throw Damaged(model, file, "the part fetched before does not belong to it");
        }

        await using var stream = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write);
        try
        {
            await response.Content.CopyToAsync(stream, cancellation);
        }
        catch (Exception error) when ((error is HttpRequestException or IOException && !HubCache.IsDiskFull(error)) || (error is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new FlowException(FailureKind.Unavailable, $"The connection to the hub broke off within {file.Path} of {model.Name}", "Try again: what has come is kept", error);
        }

        stream.Flush(flushToDisk: true);
    }

    private static void Check(HubModel model, HubFile file, string part)
    {
        string? hash = file.Sha256 is not null ? Sha256(part) : file.GitHash is not null ? GitHash(part) : null;
        if (hash is not null && hash != (file.Sha256 ?? file.GitHash))
        {
            File.Delete(part);
            throw Damaged(model, file, "its hash is not the one that the hub names");
        }
    }

    private static string Sha256(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Git names a file by the SHA-1 of "blob", its length, a zero and its bytes.</summary>
    private static string GitHash(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
#pragma warning disable CA5350 // Git's names of objects are SHA-1; nothing here is signed with it.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {bytes.Length}\0")));
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static FlowException Damaged(HubModel model, HubFile file, string why) =>
        new(FailureKind.Unavailable, $"{file.Path} of {model.Name} came damaged: {why}", "Try again; should it happen again, look for a proxy that changes files");
}
