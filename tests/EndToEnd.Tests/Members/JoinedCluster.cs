using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>A cluster that was made by the commands of the documentation: a first member on a PostgreSQL, and others
/// that join it by tokens. On 127.0.0.1, .2 and so on, with containers as plain processes.</summary>
internal sealed class JoinedCluster : IAsyncDisposable
{
    private readonly string _scratch = Places.NewScratch("join");
    private readonly List<ControlMember> _members = [];
    private readonly int _apiPort = FreePort.Next();
    private readonly int _clusterPort = FreePort.Next();
    private readonly string _executable;
    private Postgres? _postgres;

    private JoinedCluster(string executable) => _executable = executable;

    public IReadOnlyList<ControlMember> Members => _members;

    public Postgres Postgres => _postgres ?? throw new InvalidOperationException("the database is not started");

    public ControlMember First => _members[0];

    /// <summary>Starts the first member.</summary>
    /// <param name="databaseRoot">Where the database's directory is made, if not where those of all tests are.</param>
    /// <param name="laterDatabases">Ports where the database may be found later.</param>
    public static Task<JoinedCluster> StartAsync(string? databaseRoot = null, params int[] laterDatabases) =>
        StartAsync(Places.Orchestrator, "", databaseRoot, laterDatabases);

    /// <summary>Starts the first member with more settings, in HOCON.</summary>
    public static Task<JoinedCluster> WithAsync(string settings) =>
        StartAsync(Places.Orchestrator, settings, databaseRoot: null, []);

    /// <summary>Starts the first member by another executable, which those that join have too.</summary>
    public static Task<JoinedCluster> OfAsync(string executable) =>
        StartAsync(executable, "", databaseRoot: null, []);

    private static async Task<JoinedCluster> StartAsync(
        string executable, string settings, string? databaseRoot, IReadOnlyList<int> laterDatabases)
    {
        var cluster = new JoinedCluster(executable);
        try
        {
            cluster._postgres = await Postgres.StartAsync("127.0.0.1", FreePort.Next(), databaseRoot);
            var member = cluster.Next();

            // As a file, for the password is nobody else's.
            var url = Path.Combine(cluster._scratch, "journal");
            await File.WriteAllTextAsync(
                url, $"postgresql://postgres:geheim%2B1@{PlacesOf([cluster.Postgres.Port, .. laterDatabases])}\n");
            await File.WriteAllTextAsync(
                member.SettingsFile,
                $"{SettingsFile.Unhurried}\ncluster.port = {cluster._clusterPort}\nevents.lifetime = 2h\n{settings}\n");
            member.Arguments =
            [
                "server", "--config", member.SettingsFile, "--journal-file", url, .. cluster.Machine(member),
            ];
            member.Launch();
            await member.UntilReadyAsync();
            return cluster;
        }
        catch (Exception)
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A machine that has not joined.</summary>
    public ControlMember Next()
    {
        var number = _members.Count + 1;
        var directory = Directory.CreateDirectory(Path.Combine(_scratch, $"{number}")).FullName;
        _members.Add(new ControlMember(number, directory, []) { Executable = _executable });
        return _members[^1];
    }

    /// <summary>One that never became a member.</summary>
    public void Forget(ControlMember member) => _members.Remove(member);

    public string Api(ControlMember member) => $"127.0.0.{member.Number}:{_apiPort}";

    public string Address(ControlMember member) => $"127.0.0.{member.Number}:{_clusterPort}";

    public async Task<string> TokenAsync(params string[] options) => (await Tool.RunAsync(
        _executable, ["token", "create", "--data-dir", First.DataDirectory, .. options])).Ok().Text.Trim();

    /// <summary>The arguments of a join that runs the server too.</summary>
    public string[] Join(ControlMember member, string token, ControlMember? through = null) =>
    [
        "join", Api(through ?? First), "--token", token, .. Machine(member), "--set", "node.images.high-threshold=100",
    ];

    /// <summary>A join that only writes files, or fails.</summary>
    public Task<Output> PrepareAsync(ControlMember member, string token, params string[] more) =>
        Tool.RunAsync(_executable, [.. Join(member, token), "--prepare-only", .. more]);

    /// <summary>Has another machine join, and waits until it serves.</summary>
    public async Task<ControlMember> JoinAsync(string token)
    {
        var member = Next();
        member.Arguments = Join(member, token);
        member.Launch();
        await member.UntilReadyAsync();
        return member;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_members.Select(member => member.EndAsync()));
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join('\n', _members.Select(member => $"--- {member.Number}\n{member.LogTail(20)}")));
        await Task.WhenAll(_members.Select(member => member.DisposeAsync().AsTask()));
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        Directory.Delete(_scratch, recursive: true);
    }

    private static string PlacesOf(int[] ports) => string.Join(',', ports.Select(port => $"127.0.0.1:{port}"))
        + (ports.Length > 1 ? "/orchestrator?target_session_attrs=read-write" : "/orchestrator");

    private string[] Machine(ControlMember member) =>
    [
        "--data-dir", member.DataDirectory, "--listen", Api(member), "--node-name", $"member-{member.Number}",
        "--runtime", "process",
    ];
}
