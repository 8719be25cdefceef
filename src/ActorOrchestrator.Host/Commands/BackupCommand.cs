using System.CommandLine;
using System.Globalization;
using ActorOrchestrator.Host.Backups;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator backup</c> and <c>orchestrator restore</c>.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The file to write; it must not be there." };
        var config = MachineOptions.Config();
        var dataDirectory = new Option<string?>("--data-dir") { Description = "The server's data directory." };
        var command = new Command("backup", "Write what a cluster cannot do without into one file, while its server "
            + "runs or not: the authority, the keys of Secrets, and the journal where it is a file. A journal in "
            + "PostgreSQL is backed up there. Whoever has the file has the cluster's keys.")
        {
            file, config, dataDirectory,
        };
        command.SetAction(result => RunAsync(() =>
        {
            var settings = ServerSettings.Load(
                result.GetValue(config), MachineOptions.DataDirectory(result.GetValue(dataDirectory)));
            var path = result.GetRequiredValue(file);
            var made = ClusterBackup.Make(settings, Path.GetFullPath(path), TimeProvider.System.GetUtcNow());
            return Task.FromResult(made.Journal == JournalSettings.Postgresql
                ? $"wrote {path}: the keys and settings of this member. The journal is in PostgreSQL"
                    + (JournalPlace.Read(settings.DataDirectory) is { } place ? $" ({place})" : "")
                    + ": back it up there, with pg_dump or what the service has for it"
                : string.Create(
                    CultureInfo.InvariantCulture, $"wrote {path}: keys, and the journal up to {made.Ordering}"));
        }));
        return command;
    }

    public static Command CreateRestore()
    {
        var file = new Argument<string>("file") { Description = "What 'orchestrator backup' wrote." };
        var config = MachineOptions.Config();
        var dataDirectory = new Option<string?>("--data-dir") { Description = "A data directory that is empty." };
        var command = new Command("restore", "Make a data directory from a backup. 'orchestrator server' starts the "
            + "cluster from it, as it was when the backup was made.")
        {
            file, config, dataDirectory,
        };
        command.SetAction(result => RunAsync(async () =>
        {
            var directory = ServerSettings.Load(
                result.GetValue(config), MachineOptions.DataDirectory(result.GetValue(dataDirectory))).DataDirectory;
            var found = await ClusterBackup.RestoreAsync(Path.GetFullPath(result.GetRequiredValue(file)), directory);
            return string.Create(
                CultureInfo.InvariantCulture, $"restored {directory} as of {found.Made:yyyy-MM-ddTHH:mm:ssZ}");
        }));
        return command;
    }

    private static async Task<int> RunAsync(Func<Task<string>> work)
    {
        try
        {
            Console.WriteLine(await work());
            return 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure.Message);
        }
    }
}
