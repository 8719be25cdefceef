using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>How a test's members are set up.</summary>
internal sealed record MemberOptions
{
    public int Members { get; init; } = 3;

    /// <summary>In network namespaces that can be cut off; otherwise on 127.0.0.1, .2 and so on.</summary>
    public bool CanBeCut { get; init; } = true;

    /// <summary>Whether each has a clock that a test sets.</summary>
    public bool HaveClocks { get; init; }

    /// <summary>More settings of every member, in HOCON.</summary>
    public string Settings { get; init; } = "";
}

/// <summary>Several servers on one PostgreSQL of their own, with mutual TLS between them. Whatever happens in a test,
/// disposal ends every process, and removes everything.</summary>
internal sealed class MemberCluster : IFaultGround
{
    private const int RejoinTries = 3;

    private readonly string _scratch = Places.NewScratch("members");
    private readonly MemberOptions _options;
    private readonly List<ControlMember> _members = [];
    private readonly int _apiPort = FreePort.Next();
    private readonly int _clusterPort = FreePort.Next();
    private Segment? _segment;
    private Postgres? _postgres;

    private MemberCluster(MemberOptions options) => _options = options;

    public IReadOnlyList<ControlMember> Members => _members;

    public IReadOnlyList<ServerProcess> Machines => _members;

    public MachineWorkload? Workload => null;

    public Postgres Postgres => _postgres ?? throw new InvalidOperationException("the database is not started");

    public Segment Segment => _segment ?? throw new InvalidOperationException("these members cannot be cut off");

    public static async Task<MemberCluster> StartAsync(MemberOptions? options = null)
    {
        var cluster = new MemberCluster(options ?? new());
        try
        {
            await cluster.StartAllAsync();
            return cluster;
        }
        catch (Exception)
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public ControlMember Other(params ControlMember[] than) => _members.First(member => !than.Contains(member));

    /// <summary>Waits until all serve, starting again those that have ended.</summary>
    public Task UntilAllReadyAsync() => Task.WhenAll(_members.Select(member => member.UntilReadyAsync()));

    /// <summary>Waits until every member's machine takes pods.</summary>
    public async Task UntilAllNodesAreReadyAsync()
    {
        using var api = _members[0].Api();
        await api.UntilNodesAreReadyAsync(_members.Count);
    }

    /// <summary>Waits until a write through a member to an object of every shard is acknowledged.</summary>
    public async Task UntilWritableAsync(ControlMember through)
    {
        await using var probes = await ShardProbes.OpenAsync(through);
        await probes.UntilAllAnswerAsync();
    }

    /// <summary>Members are removed, rightly, where they get no processor for a second, and of three that do not hear
    /// each other all may go: who has ended is started again.</summary>
    public async Task RejoinsAsync(ControlMember member)
    {
        for (var tries = RejoinTries; ; tries--)
        {
            await UntilAllReadyAsync();
            try
            {
                await UntilWritableAsync(member);
                return;
            }
            catch (TimeoutException) when (tries > 1 && _members.Any(each => !each.IsRunning))
            {
                // They are started again above.
            }
        }
    }

    public async Task CutFromDatabaseAsync(ControlMember member, bool refuse = false) =>
        await Segment.CutFromHostAsync(member.Number, Postgres.Port, refuse);

    /// <summary>There are no machines here whose power could be taken.</summary>
    public Task PowerOffAsync(ServerProcess machine) => throw new NotSupportedException("members without machines");

    public string Logs() => string.Join('\n', _members.Select(member => $"--- {member.Number}\n{member.LogTail(15)}"));

    /// <summary>All end at once: those that are left would only give up the others.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_members.Select(member => member.EndAsync()));

        // A runner shows this when the test fails.
        TestContext.Current.TestOutputHelper?.WriteLine(Logs());
        await Task.WhenAll(_members.Select(member => member.DisposeAsync().AsTask()));
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        if (_segment is not null)
        {
            await _segment.DisposeAsync();
        }

        MembersRun.KeepLogs(Path.GetFileName(_scratch), _members);
        Directory.Delete(_scratch, recursive: true);
    }

    private async Task StartAllAsync()
    {
        _segment = _options.CanBeCut ? await Segment.MakeAsync(_options.Members, _scratch) : null;
        _postgres = await Postgres.StartAsync(_segment?.Host ?? "127.0.0.1", FreePort.Next());
        foreach (var number in Enumerable.Range(1, _options.Members))
        {
            _members.Add(await PrepareAsync(number));
        }

        _members[0].Launch();
        await _members[0].UntilReadyAsync();
        foreach (var member in _members.Skip(1))
        {
            Directory.CreateDirectory(
                member.Pki, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (var file in new[] { "ca.crt", "ca.key", "secrets.key" })
            {
                File.Copy(Path.Combine(_members[0].Pki, file), Path.Combine(member.Pki, file));
            }

            member.Launch();
        }
        await UntilAllReadyAsync();
        await UntilAllNodesAreReadyAsync();
    }

    private async Task<ControlMember> PrepareAsync(int number)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_scratch, $"{number}")).FullName;
        var member = new ControlMember(number, directory, _segment?.Inside(number) ?? [])
        {
            Clock = _options.HaveClocks ? new() : null,
        };
        var seeds = Enumerable.Range(1, _options.Members).Select(each => $"\"{Address(each)}:{_clusterPort}\"");
        await File.WriteAllTextAsync(member.SettingsFile,
            $$"""
            data-dir = {{member.DataDirectory}}
            api { listen = ["{{Address(number)}}:{{_apiPort}}"], kubeconfig-host = {{Address(number)}} }
            node { name = member-{{number}}, runtime = process }
            journal { provider = postgresql, connection = "{{Postgres.Connection}}" }
            cluster { address = {{Address(number)}}, port = {{_clusterPort}}, seeds = [{{string.Join(", ", seeds)}}] }
            {{Harness.SettingsFile.Unhurried}}
            {{_options.Settings}}
            {{MembersRun.Text("SETTINGS")}}
            """);
        return member;
    }

    private string Address(int number) => _segment?.Address(number) ?? $"127.0.0.{number}";
}
