using ActorOrchestrator.Agent.Fencing;

namespace ActorOrchestrator.Agent.Tests.Fencing;

/// <summary>The lease on which a machine's fenced pods run, and what is left of it when its agent is gone.</summary>
public sealed class NodeFenceTests
{
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(90);

    private readonly Store _store = new();

    [Fact]
    public void No_pod_begins_without_a_lease()
    {
        var fence = new NodeFence(_store, Term);
        Assert.False(fence.Guard("p"));

        Assert.True(fence.Renew(_store.Now, declared: 0));
        Assert.True(fence.Guard("p"));
        Assert.Equal(["p"], _store.Kept!.Pods);
        Assert.False(fence.Forbids("p"));
    }

    [Fact]
    public void An_answer_is_worth_as_much_as_its_question_was_when_it_was_sent()
    {
        var fence = Holding("p");
        var asked = _store.Now;
        _store.Pass(Term - TimeSpan.FromSeconds(1));
        Assert.True(fence.Renew(asked, declared: 0));

        _store.Pass(TimeSpan.FromSeconds(1));
        Assert.True(fence.Forbids("p"));
        Assert.Equal(["p"], Forbidden());
    }

    /// <summary>The agent was frozen: what waited for it comes when all is over.</summary>
    [Fact]
    public void An_answer_that_is_read_too_late_ends_the_pods_for_good()
    {
        var fence = Holding("p");
        _store.Pass(Term);
        Assert.True(fence.Forbids("p"));

        Assert.False(fence.Renew(_store.Now, declared: 0));
        Assert.True(fence.IsHeld);
        Assert.True(fence.Guard("q"));
        Assert.Equal((true, false), (fence.Forbids("p"), fence.Forbids("q")));
        Assert.Equal(["p"], Forbidden());
    }

    [Fact]
    public void Who_was_declared_to_have_ended_has_whatever_the_machines_clock_says()
    {
        var fence = Holding("p");
        Assert.False(fence.Renew(_store.Now, declared: 1));
        Assert.True(fence.Forbids("p"));
    }

    [Fact]
    public void The_next_agent_goes_on_with_the_lease_and_not_with_one_that_is_over()
    {
        Holding("p");
        _store.Pass(Term / 2);
        var next = new NodeFence(_store, Term);
        Assert.Equal((true, false), (next.IsHeld, next.Forbids("p")));

        _store.Pass(Term / 2);
        Assert.True(new NodeFence(_store, Term).Forbids("p"));
    }

    [Fact]
    public void After_a_boot_nothing_runs_and_pods_go_on_unless_they_were_given_up()
    {
        Holding("p");
        _store.Reboot();
        var next = new NodeFence(_store, Term);
        Assert.Equal((false, false), (next.Knows("p"), next.IsHeld));
        Assert.True(next.Renew(_store.Now, declared: 0));

        _store.Reboot();
        Assert.False(new NodeFence(_store, Term).Renew(_store.Now, declared: 1));
    }

    [Fact]
    public void A_machine_that_knows_nothing_of_a_lease_was_given_up_if_the_node_ever_was()
    {
        Assert.False(new NodeFence(new Store(), Term).Renew(TimeSpan.Zero, declared: 3));
        Assert.True(new NodeFence(new Store(), Term).Renew(TimeSpan.Zero, declared: 0));
    }

    [Fact]
    public void One_without_fenced_pods_learns_how_often_others_were_and_may_let_its_lease_pass()
    {
        var fence = new NodeFence(_store, Term);
        fence.Learn(3);
        _store.Pass(Term * 5);
        Assert.True(fence.Renew(_store.Now, declared: 3));
    }

    /// <summary>The cluster waits for no longer as soon as it has heard of it.</summary>
    [Fact]
    public void A_shorter_term_holds_before_the_cluster_hears_of_it()
    {
        Holding("p");
        _ = new NodeFence(_store, TimeSpan.FromSeconds(10));
        _store.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(["p"], Forbidden());
    }

    [Fact]
    public void The_guard_kills_what_must_not_run_each_time_that_it_looks()
    {
        var fence = Holding("p");
        fence.Guard("q");
        fence.End("r");
        var killed = new List<string>();
        var guard = new FenceGuard(_store, uid => Add(killed, uid), TimeProvider.System);
        _ = guard.Look(_store.Kept!).ToList();
        Assert.Equal(["r"], killed);

        _store.Pass(Term);
        _ = guard.Look(_store.Kept!).ToList();
        _ = guard.Look(_store.Kept!).ToList();
        Assert.Equal(["r", "r", "p", "q", "r", "p", "q"], killed);

        fence.ForgetAllBut(["q"]);
        Assert.Equal(["q"], Forbidden());
    }

    private static int Add(List<string> killed, string uid)
    {
        killed.Add(uid);
        return 1;
    }

    private NodeFence Holding(string pod)
    {
        var fence = new NodeFence(_store, Term);
        Assert.True(fence.Renew(_store.Now, declared: 0));
        Assert.True(fence.Guard(pod));
        return fence;
    }

    private IEnumerable<string> Forbidden() => _store.Kept!.Forbidden(_store.Boot, _store.Now);

    private sealed class Store : IFenceStore
    {
        private int _boots = 1;

        public string Boot => $"boot-{_boots}";

        public TimeSpan Now { get; private set; } = TimeSpan.FromHours(1);

        public FenceRecord? Kept { get; private set; }

        public FenceRecord? Read() => Kept;

        public void Write(FenceRecord record) => Kept = record;

        public void Pass(TimeSpan time) => Now += time;

        public void Reboot()
        {
            _boots++;
            Now = TimeSpan.FromMinutes(1);
        }
    }
}
