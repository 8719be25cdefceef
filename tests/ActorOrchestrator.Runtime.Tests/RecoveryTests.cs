namespace ActorOrchestrator.Runtime.Tests;

public sealed class RecoveryTests
{
    [Fact]
    public async Task A_new_engine_on_the_same_log_has_the_same_states_and_recovers_each_entity()
    {
        var engine = await Engine.StartAsync();
        foreach (var id in (string[])["b", "a", "c"])
        {
            engine.AskNow(id, new Told.Add(id[0]));
        }

        engine.AskNow("c", new Told.Clear());
        var again = await Engine.StartAsync(engine.Log);
        Assert.Equal(["a", "b"], again.Host.RecoveredIds);
        Assert.Equal($"{(int)'a'}", again.AskNow("a", new Told.Read()));
    }

    [Fact]
    public async Task The_older_engine_is_fenced_once_a_newer_one_started()
    {
        var engine = await Engine.StartAsync();
        await Engine.StartAsync(engine.Log);
        var asked = engine.Ask("a", new Told.Add(1));
        engine.Run();
        Assert.Equal(AskFailure.Unavailable, asked.Failure);
    }

    [Fact]
    public async Task Compaction_keeps_states_drops_events_and_forgets_what_is_gone()
    {
        var engine = await Engine.StartAsync(watchWindow: 10);
        for (var i = 0; i < 30; i++)
        {
            engine.AskNow($"e{i % 5}", new Told.Add(1));
        }

        engine.AskNow("e0", new Told.Clear());
        engine.Time.Advance(TimeSpan.FromMinutes(1));
        engine.Run();
        Assert.Equal(10, engine.Log.Events.Count);
        var again = await Engine.StartAsync(engine.Log);
        Assert.Equal("0", again.AskNow("e0", new Told.Read()));
        Assert.Equal("6", again.AskNow("e4", new Told.Read()));
    }

    [Theory]
    [InlineData("pods/default/web-1", 32)]
    [InlineData("deployments.apps/default/web", 32)]
    [InlineData("nodes//n1", 32)]
    public void The_shard_of_an_id_never_changes(string id, int shards)
    {
        // FNV-1a, computed apart from the product's code.
        var hash =
            System.Text.Encoding.UTF8.GetBytes(id).Aggregate(2166136261u, (sum, value) => (sum ^ value) * 16777619u);
        Assert.Equal((int)(hash % (uint)shards), ShardRegion.ShardNumber(id, shards));
    }
}
