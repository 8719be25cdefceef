namespace ActorOrchestrator.Runtime.Tests;

public sealed class ShardTests
{
    [Fact]
    public async Task No_answer_leaves_before_its_events_are_durable()
    {
        var engine = await Engine.StartAsync();
        engine.Log.IsManual = true;
        var asked = engine.Ask("a", new Told.Add(1));
        engine.Run();
        Assert.False(asked.IsAnswered);
        engine.Log.CommitNext();
        engine.Run();
        Assert.Equal(("1", 1L), (asked.Reply, asked.Version));
    }

    [Fact]
    public async Task A_read_behind_an_uncommitted_write_waits_for_it()
    {
        var engine = await Engine.StartAsync();
        engine.Log.IsManual = true;
        engine.Ask("a", new Told.Add(1));
        engine.Run();
        var read = engine.Ask("a", new Told.Read());
        engine.Run();
        Assert.False(read.IsAnswered);
        engine.Log.CommitNext();
        engine.Run();
        Assert.Equal("1", read.Reply);
    }

    [Fact]
    public async Task Later_batches_are_decided_while_earlier_ones_commit()
    {
        var engine = await Engine.StartAsync();
        engine.Log.IsManual = true;
        for (var i = 0; i < 3; i++)
        {
            engine.Ask("a", new Told.Add(1));
            engine.Run();
        }

        Assert.Equal(2, engine.Log.Pending);
    }

    [Fact]
    public async Task Messages_that_wait_together_are_one_append()
    {
        var engine = await Engine.StartAsync();
        engine.Log.IsManual = true;
        for (var i = 0; i < 100; i++)
        {
            engine.Ask($"e{i}", new Told.Add(1));
        }

        engine.Run();
        Assert.Equal(1, engine.Log.Pending);
    }

    [Fact]
    public async Task A_failed_append_answers_with_the_failure_and_the_state_is_the_logs_again()
    {
        var engine = await Engine.StartAsync();
        Assert.Equal("5", engine.AskNow("a", new Told.Add(5)));
        engine.Log.IsManual = true;
        var lost = engine.Ask("a", new Told.Add(1));
        engine.Run();
        var behind = engine.Ask("a", new Told.Add(2));
        engine.Run();
        engine.Log.FailNext();
        engine.Run();
        Assert.Equal((AskFailure.LogFailed, AskFailure.LogFailed), (lost.Failure, behind.Failure));
        engine.Log.CommitNext();
        engine.Log.IsManual = false;
        await ServingAgainAsync(engine);
        Assert.Equal("5", engine.AskNow("a", new Told.Read()));
    }

    [Fact]
    public async Task A_shard_that_was_taken_over_writes_nothing_and_stops()
    {
        var engine = await Engine.StartAsync();
        engine.Log.Steal(0);
        var asked = engine.Ask("a", new Told.Add(1));
        engine.Run();
        Assert.Equal(AskFailure.Unavailable, asked.Failure);
        Assert.Empty(engine.Log.Events);
        Assert.False(engine.Region.IsServing);
    }

    [Fact]
    public async Task A_revisit_comes_once_a_batch_and_in_the_same_append()
    {
        var engine = await Engine.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            engine.Region.Tell("a", new Told.AddLater());
        }

        Assert.Equal("0", engine.AskNow("a", new Told.Read()));
        Assert.Equal("1", engine.AskNow("a", new Told.Read()));
        Assert.Single(engine.Log.Events);
    }

    [Fact]
    public async Task Volatile_events_change_memory_and_not_the_log()
    {
        var engine = await Engine.StartAsync();
        engine.Region.Tell("a", new Told.AddVolatile());
        engine.Run();
        Assert.Equal("1", engine.AskNow("a", new Told.Read()));
        Assert.Empty(engine.Log.Events);
        var again = await Engine.StartAsync(engine.Log);
        Assert.Equal("0", again.AskNow("a", new Told.Read()));
    }

    [Fact]
    public async Task A_timer_rings_once_when_it_is_due()
    {
        var engine = await Engine.StartAsync();
        engine.Region.Tell("a", new Told.Remind(TimeSpan.FromSeconds(10)));
        engine.Run();
        engine.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("0", engine.AskNow("a", new Told.Read()));
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        engine.Run();
        engine.Time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal("1", engine.AskNow("a", new Told.Read()));
    }

    [Fact]
    public async Task A_behaviour_that_throws_fails_its_asker_and_changes_nothing()
    {
        var engine = await Engine.StartAsync();
        engine.AskNow("a", new Told.Add(3));
        var asked = engine.Ask("a", new Told.Throw());
        engine.Run();
        Assert.Equal(AskFailure.Faulted, asked.Failure);
        Assert.Equal("3", engine.AskNow("a", new Told.Read()));
    }

    [Fact]
    public async Task A_question_without_an_answer_fails_and_does_not_hang()
    {
        var engine = await Engine.StartAsync();
        var asked = engine.Ask("a", new Told.Mumble());
        engine.Run();
        Assert.Equal(AskFailure.Faulted, asked.Failure);
    }

    [Fact]
    public async Task A_full_mailbox_refuses_questions_and_takes_the_entities_own_messages()
    {
        var engine = await Engine.StartAsync();
        var asked =
            Enumerable.Range(0, Mailbox.QuestionsMax + 1).Select(_ => engine.Ask("a", new Told.Add(1))).ToList();
        engine.Region.Tell("a", new Told.Later());
        Assert.Equal(AskFailure.Overloaded, asked[^1].Failure);
        engine.Run();
        Assert.Equal($"{Mailbox.QuestionsMax + 1}", engine.AskNow("a", new Told.Read()));
    }

    [Fact]
    public async Task A_passivated_entity_comes_back_with_its_state_when_it_is_asked()
    {
        var engine = await Engine.StartAsync();
        engine.AskNow("a", new Told.Add(7));
        engine.Time.Advance(TimeSpan.FromMinutes(5));
        engine.Run();
        var asked = engine.Ask("a", new Told.Add(1));
        engine.Run();
        Assert.Equal("8", asked.Reply);
    }

    [Fact]
    public async Task A_question_goes_before_the_entities_own_messages()
    {
        var engine = await Engine.StartAsync();
        for (var i = 0; i < 1_000; i++)
        {
            engine.Region.Tell("a", new Told.Later());
        }

        Assert.Equal("0", engine.AskNow("a", new Told.Read()));
        Assert.Equal("1000", engine.AskNow("a", new Told.Read()));
    }

    [Fact]
    public async Task An_effect_reaches_another_entity()
    {
        var engine = await Engine.StartAsync();
        engine.Region.Tell("a", new Told.Forward("b", new Told.Add(4)));
        engine.Run();
        Assert.Equal("4", engine.AskNow("b", new Told.Read()));
    }

    private static async Task ServingAgainAsync(Engine engine)
    {
        for (var round = 0; round < 100 && !engine.Region.IsServing; round++)
        {
            engine.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            engine.Run();
        }

        Assert.True(engine.Region.IsServing, "the shard did not serve again within 100 s of virtual time");
    }
}
