using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Api;
using ActorOrchestrator.Host.Hocon;

namespace ActorOrchestrator.Host.Settings;

internal sealed record JournalSettings
{
    public const string Postgresql = "postgresql";

    public required string Provider { get; init; }
    public required string Connection { get; init; }
    public required WatchWindow WatchWindow { get; init; }
    public required bool EncryptSecrets { get; init; }

    /// <summary>Null: the data directory's own.</summary>
    public required string? SecretsKeyFile { get; init; }

    public static JournalSettings From(HoconReader reader)
    {
        var connection = ConnectionOf(reader);
        var provider = ProviderOf(reader);
        return (provider, connection) switch
        {
            (not ("sqlite" or Postgresql), _) =>
                throw new SettingsException(
                    $"journal.provider: \"{provider}\" is none of auto, sqlite and {Postgresql}"),
            (Postgresql, "") => throw new SettingsException(
                "journal.connection: where PostgreSQL is, such as "
                + "postgresql://orchestrator:PASSWORD@db.example/orchestrator"),
            _ => new JournalSettings
            {
                Provider = provider,
                Connection = connection,
                WatchWindow = new WatchWindow(
                    reader.Int("journal.watch-window", min: 1),
                    reader.Size("journal.watch-window-size", min: "16MiB")),
                EncryptSecrets = reader.Bool("journal.encrypt-secrets"),
                SecretsKeyFile = reader.Text("journal.secrets-key-file") is { Length: > 0 } file
                    ? Path.GetFullPath(file)
                    : null,
            },
        };
    }

    /// <summary>Whether all members may have it.</summary>
    public bool IsShared => Provider == Postgresql;

    public static string ProviderOf(HoconReader reader) => reader.Text("journal.provider") switch
    {
        "auto" => ConnectionOf(reader).Length > 0 ? Postgresql : "sqlite",
        var given => given,
    };

    private static string ConnectionOf(HoconReader reader)
    {
        var (given, setting) = reader.Text("journal.connection-file") is { Length: > 0 } file
            ? (ReadConnection(file), $"journal.connection-file ({file})")
            : (reader.Text("journal.connection"), "journal.connection");
        return JournalUrl.Is(given) ? JournalUrl.ToConnectionString(given, setting)
            : given.Contains("://", StringComparison.Ordinal) && !given.Contains('=', StringComparison.Ordinal)
                ? throw new SettingsException($"{setting}: the journal is in PostgreSQL: a URL such as "
                    + "postgresql://orchestrator:PASSWORD@10.0.0.9:5432/orchestrator is expected")
            : given;
    }

    private static string ReadConnection(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } text
                ? text
                : throw new SettingsException($"journal.connection-file: {file} is empty");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"journal.connection-file: {FailureWords.Of(failure)}");
        }
    }
}
