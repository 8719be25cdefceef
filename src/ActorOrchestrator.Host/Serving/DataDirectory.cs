using System.Globalization;

namespace ActorOrchestrator.Host.Serving;

/// <summary>
/// The one folder that holds everything, and the proof that one server uses it:
/// <code>
///   lock               held while a server runs            pki/           keys and certificates
///   orchestrator.pid   its process id                      admin.kubeconfig
///   journal.db         the journal (SQLite)                containerd/    ours: config, root, state, socket, cni
///   pods/UID/          volumes                              logs/pods/     container logs
///   processes/         what the process runtime runs        cri-endpoint   another's runtime, and our name in it
///   server.log         what scripts/up has it log           actor-orchestrator   says that this is a cluster's
///   fence.json         the lease of fenced pods             fence.log      which of them were killed for it
///   fence.lock         held by who guards them
///   control-members    where members were last, of a machine that only runs pods
///   node.sock          by which a shutdown is told         member.conf    settings of a machine that has joined
///   journal.place      where the journal is in PostgreSQL
/// </code>
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public const string JournalName = "journal.db";
    public const string PkiName = "pki";
    public const string SecretsKeyName = "secrets.key";
    public const string AuthorityName = "ca.crt";
    public const string AuthorityKeyName = "ca.key";
    public const string NodeSocket = "node.sock";

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream @lock)
    {
        Root = path;
        _lock = @lock;
    }

    public string Root { get; }

    public string Journal => Path.Combine(Root, JournalName);

    public string Pki => PkiIn(Root);

    public string SecretsKey => Path.Combine(Pki, SecretsKeyName);

    public string Kubeconfig => Path.Combine(Root, Commands.KubeconfigCommand.FileName);

    public string Containerd => Path.Combine(Root, "containerd");

    /// <summary>Where host-local keeps the pods' addresses.</summary>
    public string CniState => Path.Combine(Containerd, "cni", "state");

    /// <summary>Names the runtime of others that was used last.</summary>
    public string ForeignRuntime => Path.Combine(Root, "cri-endpoint");

    public string Processes => Path.Combine(Root, "processes");

    public string Pods => Path.Combine(Root, "pods");

    public string PodLogs => Path.Combine(Root, "logs", "pods");

    /// <summary>By which the machine is told that it is about to be shut down.</summary>
    public static string NodeSocketIn(string root) => Path.Combine(root, NodeSocket);

    public static string PkiIn(string root) => Path.Combine(root, PkiName);

    /// <summary>The authority's certificate, in a directory of keys.</summary>
    public static string AuthorityIn(string pki) => Path.Combine(pki, AuthorityName);

    /// <summary>Holds the process id of the server that runs, as long as it does.</summary>
    public static string PidFileIn(string root) => Path.Combine(root, "orchestrator.pid");

    private string PidFile => PidFileIn(Root);

    /// <exception cref="ServerStartException">It cannot be made or written, or another server uses it.</exception>
    public static DataDirectory Open(string path)
    {
        FileStream? held = null;
        if (File.Exists(Path.Combine(path, ClusterFiles.OldLog)))
        {
            throw new ServerStartException(
                $"the data directory {path} holds the log ({ClusterFiles.OldLog}) of an older release, which this one "
                + "cannot read: use that release, or move the directory away and start with an empty one");
        }

        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
            PrivateFiles.RefuseShared(path);
            ClusterFiles.RefuseForeign(path);
            held = Lock(path);
            ClusterFiles.Claim(path);
            PrivateFiles.Mend(path);
            var directory = new DataDirectory(path, held);
            File.WriteAllText(
                directory.PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return directory;
        }
        catch (ServerStartException)
        {
            held?.Dispose();
            throw;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new ServerStartException(Explain(path, failure));
        }
    }

    /// <summary>Of a directory whose cluster is to be removed: only one that a server wrote, lest a mistyped name cost
    /// anyone a home directory.</summary>
    /// <exception cref="ServerStartException">It holds no cluster, or a server uses it.</exception>
    public static DataDirectory OpenToRemove(string path)
    {
        try
        {
            if (!Directory.Exists(path) || !ClusterFiles.IsCluster(path))
            {
                throw new ServerStartException($"{path} holds no cluster: nothing was removed");
            }

            return new DataDirectory(path, Lock(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ServerStartException(Explain(path, failure));
        }
    }

    private static FileStream Lock(string path) =>
        new(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    public void Dispose()
    {
        try
        {
            File.Delete(PidFile);
        }
        catch (DirectoryNotFoundException)
        {
            // It has been removed as a whole.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A disk that became read-only keeps the file; it names a process that is gone, and readers check that.
        }

        _lock.Dispose();
    }

    private static string Explain(string path, Exception failure)
    {
        var inUse = failure is IOException && failure.Message.Contains("being used", StringComparison.Ordinal);
        return inUse
            ? $"another server runs on {path}: stop it first (scripts/down), or give --data-dir another folder"
            : $"the data directory {path} cannot be used: {failure.Message} (--data-dir names another one)";
    }
}

/// <summary>The server cannot start, in words for its user.</summary>
internal class ServerStartException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A member that was taken out of the cluster: starting it again is in vain.</summary>
internal sealed class MemberRemovedException(string message) : ServerStartException(message);
