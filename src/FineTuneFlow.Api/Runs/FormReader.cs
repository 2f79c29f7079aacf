using System.Text;
using FineTuneFlow.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace FineTuneFlow.Api.Runs;

/// <summary>Reads multipart/form-data as it comes in, without keeping the file in memory. The parts may come in any order:
/// <c>project</c>, <c>recipe</c> (JSON, field or file) and <c>file</c>.</summary>
internal static class FormReader
{
    /// <exception cref="Core.Failures.FlowException">InvalidInput: it is not a whole form of these parts.</exception>
    public static async Task<FormUpload> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        string? boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType).Boundary).Value;
        if (string.IsNullOrEmpty(boundary))
        {
            throw ApiRequest.Invalid("the form has no boundary", "Send multipart/form-data as a form library makes it.", null);
        }

        var form = new FormUpload();
        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            var taken = new HashSet<string>();
            while (await reader.ReadNextSectionAsync(cancellation) is { } section)
            {
                await TakeAsync(form, section, taken, cancellation);
            }

            if (form.FileName.Length == 0)
            {
                throw ApiRequest.Invalid("the form has no file", "Add the CSV as part \"file\".", "file");
            }

            return form;
        }
        catch (Exception exception)
        {
            await form.DisposeAsync();
            if (exception is IOException or InvalidDataException)
            {
                throw ApiRequest.Invalid("the form ends before it is whole", "Send it again.", "file");
            }

            throw;
        }
    }

    private static async Task TakeAsync(FormUpload form, MultipartSection section, HashSet<string> taken, CancellationToken cancellation)
    {
        ContentDispositionHeaderValue? disposition = section.GetContentDispositionHeader();
        string name = HeaderUtilities.RemoveQuotes(disposition?.Name ?? "").Value ?? "";
        if (!taken.Add(name))
        {
            throw ApiRequest.Invalid($"the form has the part \"{name}\" twice", "Send each part once, and one file a request.", name);
        }

        switch (name)
        {
            case "project":
                form.Project = Encoding.UTF8.GetString(await SmallAsync(section.Body, name, cancellation)).Trim();
                break;
            case "recipe":
                form.Recipe = await SmallAsync(section.Body, name, cancellation);
                break;
            case "file":
                string given = HeaderUtilities.RemoveQuotes(disposition!.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "";
                form.FileName = Path.GetFileName(given.Replace('\\', '/')) is { Length: > 0 } file ? file : "drop.csv";
                await form.FillAsync(section.Body, cancellation);
                break;
            default:
                throw ApiRequest.Invalid($"the form's part \"{name}\" is not known", "Send project, recipe (optional) and file.", name);
        }
    }

    private static async Task<byte[]> SmallAsync(Stream body, string name, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        var part = new byte[8 * 1024];
        int read;
        while ((read = await body.ReadAsync(part, cancellation)) > 0)
        {
            bytes.Write(part, 0, read);
            if (bytes.Length > ApiRequest.MaxJsonBytes)
            {
                throw ApiRequest.Invalid($"the form's part {name} is too long", "Only the part \"file\" may be large.", name);
            }
        }

        return bytes.ToArray();
    }
}
