using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Serving;

/// <summary>Says in a data directory that its cluster's journal is in PostgreSQL, and where. A start that is not told
/// so would begin a new, empty cluster with the old one's keys, and end its pods.</summary>
internal static class JournalPlace
{
    public const string Name = "journal.place";

    private const string ToBeTold =
        "say where it is as at the first start (--journal-file, --journal, ACTOR_ORCHESTRATOR_JOURNAL, or --config)";

    public static string In(string dataDirectory) => Path.Combine(dataDirectory, Name);

    /// <returns>As <c>10.0.0.9:5432/orchestrator</c>; null where no member has used a database.</returns>
    public static string? Read(string dataDirectory) =>
        File.Exists(In(dataDirectory)) ? File.ReadAllText(In(dataDirectory)).Trim() : null;

    /// <summary>Once the database has answered: a mistyped address is not remembered.</summary>
    public static void Keep(string dataDirectory, JournalSettings journal)
    {
        if (journal.IsShared && JournalUrl.DatabaseOf(journal.Connection) is var place && Read(dataDirectory) != place)
        {
            PrivateFile.Write(In(dataDirectory), place + "\n");
        }
    }

    /// <summary>Why a server with this journal must not start on a data directory, and what to do; null where it
    /// may.</summary>
    public static string? Refusal(string dataDirectory, JournalSettings journal)
    {
        var hasFile = File.Exists(Path.Combine(dataDirectory, DataDirectory.JournalName));
        var hasKeys = File.Exists(
            Path.Combine(DataDirectory.PkiIn(dataDirectory), DataDirectory.AuthorityKeyName));
        return (journal.IsShared, Read(dataDirectory)) switch
        {
            (false, { } place) => $"the cluster of {dataDirectory} has its journal in PostgreSQL ({place}), and this "
                + $"start was not told: {ToBeTold}. Without it a new, empty cluster would begin, and the pods of this "
                + "machine would end",
            (false, null) when hasKeys && !hasFile => $"{dataDirectory} has a cluster's keys, and its journal is not "
                + $"there. If that is in PostgreSQL, {ToBeTold}; if it is lost, 'orchestrator restore' brings it back "
                + "from a backup; 'orchestrator reset' removes what is left, for a new cluster",
            (true, null) when hasFile => $"the cluster of {dataDirectory} has its journal in a file there "
                + $"({DataDirectory.JournalName}), and this start names a PostgreSQL, in which another cluster would "
                + "be. For a cluster of several members give --data-dir an empty folder. If this machine was a member "
                + $"of the PostgreSQL's cluster and was once started without it, move {DataDirectory.JournalName} away",
            _ => null,
        };
    }

    /// <exception cref="ServerStartException">It must not start.</exception>
    public static void RefuseOther(string dataDirectory, JournalSettings journal)
    {
        if (Refusal(dataDirectory, journal) is { } refusal)
        {
            throw new ServerStartException(refusal);
        }
    }
}
