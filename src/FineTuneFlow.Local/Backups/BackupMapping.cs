using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Local.Settings;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Local.Backups;

/// <summary><c>GET /local/backup</c>: this host's state as one file. Only a host of one machine has it; a storage account is backed up
/// by its own means.</summary>
public static class BackupMapping
{
    public const string Path = "/local/backup";

    public static IServiceCollection AddBackup(this IServiceCollection services, LocalHostOptions options) => services.AddSingleton(provider =>
        new HomeBackup(options.Home, (FileBlobStore)provider.GetRequiredService<IBlobStore>(), provider.GetRequiredService<TimeProvider>()));

    public static void MapBackup(this WebApplication app)
    {
        ILogger logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("FineTuneFlow.Local.Backups");
        app.MapGet(Path, async (HttpContext context, IBlobStore store, LocalHostOptions options) =>
        {
            if (store is not FileBlobStore files)
            {
                return FailureProblem.Of(
                    new Failure(FailureKind.Conflict, "this host stores in a storage account, not in its state folder", "Use the account's own backup, see docs/operations.md"), context.Request);
            }

            string own = System.IO.Path.GetFullPath(System.IO.Path.Combine(options.Home, HomeFolders.Storage));
            if (files.Folder != own)
            {
                return FailureProblem.Of(
                    new Failure(
                        FailureKind.Conflict,
                        $"this host stores in {files.Folder}, and a backup is restored into a state folder's {HomeFolders.Storage}",
                        $"Stop the host, move that folder to {own} and leave Datasets__folder out, or copy both folders by other means",
                        Field: "Datasets__folder"),
                    context.Request);
            }

            context.Response.ContentType = "application/gzip";
            try
            {
                await context.RequestServices.GetRequiredService<HomeBackup>().WriteAsync(context.Response.Body, context.RequestAborted);
                logger.LogInformation("A backup was made");
                return Results.Empty;
            }
            catch (FlowException failed) when (!context.Response.HasStarted)
            {
                return FailureProblem.Of(failed.Failure, context.Request);
            }
            catch (FlowException failed)
            {
                // What was sent already cannot be taken back: a connection that breaks off is not taken for a whole file.
                logger.LogError("The backup failed: {Failure}", failed.Failure);
                context.Abort();
                return Results.Empty;
            }
        });
    }
}
